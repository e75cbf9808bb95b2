import { Button as AriaButton, type ButtonProps } from "react-aria-components"

interface Props extends ButtonProps {
  readonly variant?: "primary" | "plain" | "danger" | "quiet"
}

export const Button = ({ variant = "plain", ...props }: Props) => (
  <AriaButton {...props} className={`button button-${variant}`} />
)
