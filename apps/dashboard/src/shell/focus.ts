/**
 * Keeps the focus on the page. A browser gives it to the body when the focused element is removed, such as a button
 * whose place a result takes: then Escape closes no dialog, and a screen reader loses its place.
 */

/** Where the focus goes from an element within that was removed. */
const places = "[role=dialog], .progress-button, section"

/** The element that last had the focus, with the elements around it, from the inside out. */
let last: ReadonlyArray<Element> = []

const around = (element: Element | null): ReadonlyArray<Element> =>
  element === null ? [] : [element, ...around(element.parentElement)]

const isLost = () => document.activeElement === document.body && last[0]?.isConnected === false

const give = () => {
  if (!isLost()) return
  const near = last.find((element) => element.isConnected && element.matches(places))
  const place = near ?? document.querySelector("h1")
  if (!(place instanceof HTMLElement)) return
  if (!place.hasAttribute("tabindex")) place.tabIndex = -1
  place.focus({ preventScroll: true })
}

/** After the two frames in which React Aria gives the focus back to the button that opened a dialog. */
const giveSoon = () => window.requestAnimationFrame(() => window.requestAnimationFrame(give))

/** Starts to keep the focus. */
export const keepFocus = () => {
  document.addEventListener("focusin", ({ target }) => {
    last = target instanceof Element ? around(target) : []
  })
  new MutationObserver(() => {
    if (isLost()) giveSoon()
  }).observe(document.body, { childList: true, subtree: true })
}
