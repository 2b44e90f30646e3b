"""Third floor: one room per audience; a view reads the request, asks casework, and draws."""
