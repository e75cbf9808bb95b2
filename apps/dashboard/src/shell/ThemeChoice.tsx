import { useEffect, useState } from "react"
import { Segments } from "../parts/Segments.tsx"

const key = "usher-theme"

const themes = [
  { id: "auto", label: "Auto" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" }
]

/** Default: the device's theme. */
export const ThemeChoice = () => {
  const [theme, setTheme] = useState(() => window.localStorage.getItem(key) ?? "auto")
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme
    window.localStorage.setItem(key, theme)
  }, [theme])
  return <Segments label="Theme" value={theme} onChange={setTheme} options={themes} />
}
