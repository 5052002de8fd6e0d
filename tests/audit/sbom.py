"""The bill of materials: CycloneDX 1.6 in JSON, of exactly what the lock names (row O15).

The same lock makes the same bytes: the serial number follows from it, and there is no time in it.
"""

import json
import tomllib
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from tests.audit.lock import ROOT, Pin, read_lock


def sbom(lock: str) -> str:
    """The document for a lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    itself = Component(name=project["name"], version=project["version"], type=ComponentType.APPLICATION, bom_ref="root")
    parts = [_component(pin) for pin in read_lock(lock)]
    serial = uuid5(NAMESPACE_URL, f"{project['name']} {sha256(lock.encode()).hexdigest()}")
    bom = Bom(components=parts, serial_number=serial, metadata=BomMetaData(component=itself))
    bom.register_dependency(itself, parts)
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _component(pin: Pin) -> Component:
    """A package; its hashes are those of each file that may be installed as it, whatever the machine."""
    url = PackageURL("pypi", name=pin.name, version=pin.version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=content) for content in pin.hashes]
    return Component(name=pin.name, version=pin.version, bom_ref=str(url), purl=url, hashes=hashes)
