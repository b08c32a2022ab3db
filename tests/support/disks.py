"""Disks that are lost: a member of a world is backed up while it runs, and comes back from it later."""

import io
import shutil

from connector.store.backup import Choice, write_backup
from connector.store.restoring import restore_backup
from tests.support.world import Member

PASSPHRASE = b"correct horse battery"


def back_up(member: Member) -> bytes:
    """What `mmd backup` writes."""
    out = io.BytesIO()
    now = member.world.clock.now()
    write_backup(member.directory, out, PASSPHRASE, did=member.did, now=now, choice=Choice(), work=1)
    return out.getvalue()


async def lose_and_restore(member: Member, backup: bytes) -> None:
    """The disk is lost; a new folder is made from the backup, and the connector started on it."""
    await member.stop()
    shutil.rmtree(member.directory)
    restore_backup(io.BytesIO(backup), PASSPHRASE, member.directory, now=member.world.clock.now())
    await member.start()


async def reconciled(member: Member) -> None:
    """Wait until it has asked the others and gone as far as it goes by itself."""
    await member.connector.monitor.reconcile()
    await member.world.quiet()
