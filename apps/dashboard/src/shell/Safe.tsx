/** A screen that fails leaves the others alone. */
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
          This screen has failed, which is a fault of the page. The others work; reloading may help here. The
          browser&rsquo;s console says more.
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
