"""Understanding a text: words, place, point on the map, topic, secrets; values in, decisions out."""
