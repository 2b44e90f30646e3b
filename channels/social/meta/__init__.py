"""Meta: WhatsApp, Facebook and Instagram through one door (door.py)."""
