"""The two engines that run servers: what the spawner of each is told."""
