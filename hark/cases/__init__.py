"""Cases: work somebody must finish, and who does it: routing, queues, promises of time."""
