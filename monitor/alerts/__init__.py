"""What a match does to a story, and who hears of it. Pure: values in, values out."""
