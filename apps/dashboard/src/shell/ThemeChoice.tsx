import { useEffect, useState } from "react"
import { ToggleButton, ToggleButtonGroup } from "react-aria-components"

const key = "usher-theme"

const themes = [
  { id: "auto", label: "Auto" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" }
]

/** As the device says, unless one is chosen. */
export const ThemeChoice = () => {
  const [theme, setTheme] = useState(() => window.localStorage.getItem(key) ?? "auto")
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme
    window.localStorage.setItem(key, theme)
  }, [theme])
  return (
    <ToggleButtonGroup
      aria-label="Colours"
      className="segments"
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[theme]}
      onSelectionChange={(keys) => setTheme(String([...keys][0] ?? "auto"))}
    >
      {themes.map(({ id, label }) => (
        <ToggleButton key={id} id={id} className="segment">
          {label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  )
}
