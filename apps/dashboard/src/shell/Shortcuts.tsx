/** Keyboard shortcuts. Off while somebody types. */
import { useEffect, useState } from "react"
import { navigate } from "../location.ts"
import { Button } from "../parts/Button.tsx"
import { LazyPart } from "./LazyScreens.tsx"
import { screenKeys } from "./screenKeys.ts"

/** The time for the second key. */
const maxPause = 2_000

const isTyping = (target: EventTarget | null) =>
  target instanceof Element && target.closest("input, textarea, select, [role=dialog]") !== null

const search = () => document.querySelector<HTMLInputElement>("[role=search] input")?.focus()

/** Listens for shortcuts. The button opens their list, as `?` does. */
export const Shortcuts = () => {
  const [isOpen, setOpen] = useState(false)
  useEffect(() => {
    let goAt = -maxPause
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      const screen = event.timeStamp - goAt < maxPause ? screenKeys[event.key] : undefined
      goAt = event.key === "g" ? event.timeStamp : -maxPause
      if (screen === undefined && event.key !== "/" && event.key !== "?") return
      event.preventDefault()
      if (screen !== undefined) navigate(screen.path)
      else if (event.key === "/") search()
      else setOpen(true)
    }
    document.addEventListener("keydown", press)
    return () => document.removeEventListener("keydown", press)
  }, [])
  return (
    <>
      <Button variant="quiet" onPress={() => setOpen(true)}>
        Shortcuts
      </Button>
      {isOpen && <LazyPart>{({ ShortcutList }) => <ShortcutList close={() => setOpen(false)} />}</LazyPart>}
    </>
  )
}
