"""Adding a computer from the pages: the text is shown until the other computer has used it, or it has ended."""

import asyncio

from securecall.sentences import together
from securecall_client.acts import linking
from securecall_client.foreseen import told
from securecall_client.results.devices import AddedDevice
from securecall_client.web.desk import Desk


class Adding:
    """One linking under way: its ``text``, and what came of it, ``added`` or a ``failure`` in words."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.text, self.failure = "", ""
        self.added: AddedDevice | None = None
        self._desk, self._name = desk, name
        self._shown = asyncio.Event()

    async def begin(self) -> str:
        """Open the mailbox and go on beside the pages; gives the key of this in the drawer, once there is a text.

        Raises: SecureCallError if there will be none.
        """
        self._desk.errands.begin(self._run())
        key = self._desk.drawer.put(self)
        await self._shown.wait()
        return key

    def _show(self, text: str) -> None:
        self.text = text
        self._shown.set()

    async def _run(self) -> None:
        try:
            async with self._desk.at() as session:
                self.added = await linking.add_device(session, name=self._name, show=self._show)
        except Exception as error:
            failure = told(error)
            self.failure = together(str(failure), failure.hint)
        finally:
            self.text = ""
            self._shown.set()
            self._desk.hub.tell("changed")
