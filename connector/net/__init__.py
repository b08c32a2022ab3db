"""HTTP to other participants: bounded, guarded, with a pool that is as fast as the machine allows."""
