"""What is asked of a page in Chromium: did a script run, what is it made of."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.sites.chromium import Chromium

#: Before any script of a page: whoever calls these is seen, and nobody is asked.
WATCH = """
for (const name of ['alert', 'confirm', 'prompt', 'print'])
  window[name] = (...given) => {
    seen((window.name || name) + ' ' + given);
    return true;
  };
document.addEventListener('click', event => {
  const link = event.target.closest?.('a[href], area[href]');
  if (link && /^https?:/.test(link.href)) event.preventDefault();
}, true);
"""

#: All a person could do to each element, and what happens by itself.
PRESS = """
new Promise(done => {
  const events = ['click', 'mouseover', 'mouseenter', 'mousedown', 'mouseup', 'focus',
    'blur', 'load', 'error', 'keydown', 'input', 'change', 'submit', 'toggle',
    'animationstart', 'animationend', 'transitionend', 'pointerover', 'wheel', 'drag',
    'copy', 'paste'];
  const frames = [...document.querySelectorAll('iframe')].map(one => {
    try { return one.contentDocument; } catch (error) { return null; }
  });
  const places = [document, ...frames].filter(one => one && one.body);
  const all = places.map(one => [...one.querySelectorAll('body, body *')]).flat();
  for (const element of all) {
    for (const name of events) {
      const bubbles = name === 'click';
      try { element.dispatchEvent(new Event(name, {bubbles, cancelable: true})); }
      catch (error) {}
    }
  }
  setTimeout(() => done(true), 30);
})
"""

#: Elements and attributes that are not ours, below what a selector finds.
FOREIGN = """
((selector, elements, attributes) => {
  const found = [];
  for (const place of document.querySelectorAll(selector))
    for (const element of place.querySelectorAll('*')) {
      const name = element.localName;
      if (!elements.includes(name)) found.push('<' + name + '>');
      for (const {name: key, value} of element.attributes) {
        if (!attributes.includes(key)) found.push(`<${name} ${key}>`);
        if (['href', 'src'].includes(key) &&
            !/^(https:\\/\\/|\\/assets\\/|#)/.test(value))
          found.push(`<${name} ${key}=${value}>`);
      }
    }
  return found;
})(%s)
"""


@dataclass(slots=True)
class Verdict:
    """What came of one page."""

    #: What was called, and where the page went.
    executed: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


class Watcher:
    """Shows pages, and takes down whatever runs in them."""

    def __init__(self, browser: Chromium) -> None:
        self._browser = browser
        self._executed: list[str] = []
        self._start()

    def _start(self) -> None:
        self._browser.ask("Runtime.addBinding", name="seen")
        self._browser.ask("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        self._browser.listener = self._heard

    def _heard(self, name: str, values: dict[str, Any]) -> None:
        match name:
            case "Runtime.bindingCalled":
                self._executed.append(values["payload"])
            case "Page.javascriptDialogOpening":
                self._executed.append(f"dialog {values.get('message')}")
                self._browser.send("Page.handleJavaScriptDialog", accept=False)
            case "Page.frameRequestedNavigation":
                self._executed.append(f"went to {values.get('url')}")

    def judge(
        self, page: Path, *, selector: str, elements: str, attributes: str
    ) -> Verdict:
        """Show a page, press everything, and look at what it is made of.

        The lists are names with blanks between them.
        """
        self._executed.clear()
        self._browser.show(page.as_uri())
        names = (selector, elements.split(), attributes.split())
        arguments = ", ".join(map(json.dumps, names))
        foreign = self._browser.evaluate(FOREIGN % arguments)
        self._browser.evaluate(PRESS)
        return Verdict(list(self._executed), foreign)

    def renew(self) -> None:
        """Go on in another window: a page may leave this one in a bad state."""
        self._browser.listener = None
        self._browser.window()
        self._start()
