"""What the spawner asks this place: who somebody is, what they may use, and what they have used."""
