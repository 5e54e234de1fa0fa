"""What runs beside the hub: proxy, keys, people, links; how each is started, and what it may."""
