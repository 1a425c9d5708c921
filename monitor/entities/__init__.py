"""Help with entity files: spellings of a name, for a person to accept, and names from Wikidata, merged into YAML.

Nothing here is part of the service. It decides purely; `cli.entities` reads
and writes the files.
"""
