"""SMS providers; each file is one of them, and the switchboard decides which one carries the channel «sms»."""
