/** Contains the failure of one screen. */
import { Component, type PropsWithChildren } from "react"
import { useLocation } from "wouter"

class Boundary extends Component<PropsWithChildren, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    return this.state.hasFailed ? (
      <div className="note tone-bad" role="alert">
        <p>
          This screen failed because of a bug. Other screens still work. Reload the page, or see the
          browser&rsquo;s console for details.
        </p>
      </div>
    ) : (
      this.props.children
    )
  }
}

export const Safe = ({ children }: PropsWithChildren) => {
  const [path] = useLocation()
  return <Boundary key={path}>{children}</Boundary>
}
