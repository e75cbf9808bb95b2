/** Keeps the scroll position of each entry of the history. Back returns to it, a new screen begins at its top. */

const scrollOf = (state: unknown): number | undefined =>
  typeof state === "object" && state !== null && "scroll" in state && typeof state.scroll === "number"
    ? state.scroll
    : undefined

let timer = 0

const keep = () => {
  window.clearTimeout(timer)
  window.history.replaceState({ scroll: window.scrollY }, "")
}

/** Chrome limits the changes of an entry, so a scroll is kept when it has ended. */
const keepSoon = () => {
  window.clearTimeout(timer)
  timer = window.setTimeout(keep, 200)
}

/** The time that a screen has to load until it is as long as before. */
const maxWait = 3_000

const restore = (scroll: number, until: number) => {
  const isLoading = document.querySelector(".waiting") !== null
  const isLong = document.documentElement.scrollHeight - window.innerHeight >= scroll
  if ((isLoading || !isLong) && performance.now() < until) {
    window.requestAnimationFrame(() => restore(scroll, until))
  } else {
    window.scrollTo(0, scroll)
  }
}

/** True on an entry that was here before, as after Back. */
export const isReturn = () => scrollOf(window.history.state) !== undefined

/** Starts keeping positions, in place of the browser, which scrolls before the screen has loaded. */
export const keepScroll = () => {
  window.history.scrollRestoration = "manual"
  window.addEventListener("scroll", keepSoon, { passive: true })
  // Before a link leaves the entry.
  document.addEventListener("click", keep, { capture: true })
  window.addEventListener("popstate", ({ state }) => {
    window.clearTimeout(timer)
    const scroll = scrollOf(state)
    // After the screen of the address has rendered.
    if (scroll !== undefined) window.requestAnimationFrame(() => restore(scroll, performance.now() + maxWait))
  })
}
