"""`mmd db`: the connector's database."""

from connector.cli.session import Session


def upgrade(session: Session) -> int | None:
    from connector.founding import upgrade_database

    upgrade_database(session.settings())
    session.screen.result({"upgraded": True})
    session.screen.line(session.say("db.upgraded"), "green")
    return None


VERBS = {"upgrade": upgrade}
