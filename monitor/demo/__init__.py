"""A bundled wire to try the service on, without an account or a network.

    wire/        the script: invented outlets and what they publish at which second
    script       reads it
    documents    an outlet's feed as its server would write it
    server       serves all of them, as of the moment
    rules/       what the demo's desk watches for; `folder` lays it out
    run          the real service on that server
    summary      what it came to

What must become of each text is a table in `tests/demo/expectations.py`.
"""
