"""The commands: one file each, named like the command, with `add(parser)` and the function it runs."""
