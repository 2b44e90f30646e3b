"""The house: citizens' words come in, routed, answered and rated cases come out."""
