"""A process that commits items to the embedded store of a data folder, one after the other, until it is killed.

    python -m tests.store.holder DATA_DIR

Prints the number of each record once its commit is answered.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count
from pathlib import Path

from monitor.config import Settings
from monitor.store import open_store
from tests.store.made import a_delivery, told


async def main(data_dir: Path) -> None:
    async with open_store(Settings(data_dir=data_dir)) as store:
        for number in count(1):
            await told(store, str(number), keys=[number], deliveries=[a_delivery(str(number))])
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
