"""A browser as a program, for the environment variable BROWSER: opens an address, signs in, and opens the last page.

Arguments: the subject who signs in, and the address.
"""

import asyncio
import sys

from tests.oidc.browser import Browser


async def main(subject: str, url: str) -> None:
    """Follow the sign-in to its end."""
    browser = Browser(subject)
    answer = await browser.open(url)
    await browser.get(answer.headers["Location"])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
