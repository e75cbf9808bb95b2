/** The frame of each screen: navigation, connection and account. */
import { useEffect, useRef, useState, type ReactNode } from "react"
import { Link, useLocation } from "wouter"
import { api } from "../api/client.ts"
import { useConnection, useFollow } from "../api/live.ts"
import { askAgain, useOutage } from "../api/outage.ts"
import { useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { compact } from "../parts/number.ts"
import { silence } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { useWho } from "../session/session.ts"
import { Logo } from "./Logo.tsx"
import { isReturn } from "./scroll.ts"
import { SearchBox } from "./SearchBox.tsx"
import { Shortcuts } from "./Shortcuts.tsx"
import { ThemeChoice } from "./ThemeChoice.tsx"
import { ZoneChoice } from "./ZoneChoice.tsx"

export const Shell = ({ children }: { readonly children: ReactNode }) => {
  const [isOpen, setOpen] = useState(false)
  const [path] = useLocation()
  const main = useRef<HTMLElement>(null)
  const lastPath = useRef(path)

  useEffect(() => {
    if (lastPath.current === path) return
    lastPath.current = path
    setOpen(false)
    // Screen readers announce the new screen and continue from there.
    main.current?.focus({ preventScroll: true })
    if (!isReturn()) window.scrollTo(0, 0)
  }, [path])

  return (
    <div className="shell">
      <a className="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to content
      </a>
      <header className="bar">
        <Link href="/" className="home" aria-label="Usher, overview">
          <Logo />
        </Link>
        <SearchBox />
        <Connection />
        <Button variant="quiet" aria-expanded={isOpen} onPress={() => setOpen(!isOpen)}>
          <span className="menu-button">Menu</span>
        </Button>
      </header>
      <nav className="side" data-open={isOpen} aria-label="Main">
        <Navigation />
        <Account />
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        <Outage />
        {children}
      </main>
    </div>
  )
}

const Connection = () => {
  useFollow()
  return (
    <p className="connection" role="status">
      <Status status={useConnection()} />
    </p>
  )
}

/** Several questions failed for the same reason, or the relay says nothing. */
const Outage = () => {
  const cause = useOutage()
  const isLost = useConnection() === "lost"
  if (cause === undefined && !isLost) return null
  return (
    <div className="note tone-bad trouble" role="alert">
      <p>{cause ?? silence} This screen may show earlier data.</p>
      {cause !== undefined && <Button onPress={askAgain}>Try again</Button>}
    </div>
  )
}

const Navigation = () => {
  const stats = useApi(["stats", "now"], api.stats.now())
  const parked = useApi(["lives"], api.lives.parked())
  return (
    <ul className="nav">
      <Item href="/" name="Overview" />
      <Item href="/webhooks" name="Webhooks" />
      <Item href="/invitations" name="Invitations" />
      <Item href="/lives" name="Lives" />
      <Item href="/person" name="Person" />
      <Item href="/dead-letters" name="Dead letters" isFirst count={stats.data?.deadLetters} />
      <Item href="/quarantine" name="Quarantine" count={stats.data?.quarantined} />
      <Item href="/sources" name="Sources" isFirst />
      <Item href="/spots" name="Spots" count={parked.data?.length} />
      <Item href="/mapping" name="Mapping" />
      <Item href="/jobs" name="Jobs" />
      <Item href="/import" name="Import" />
      <Item href="/tokens" name="Tokens" isFirst />
      <Item href="/audit" name="Audit log" />
      <Item href="/purge" name="Purge" />
      <Item href="/settings" name="Settings" />
    </ul>
  )
}

interface ItemProps {
  readonly href: string
  readonly name: string
  /** How many need attention. */
  readonly count?: number | undefined
  /** Begins a group. */
  readonly isFirst?: boolean
}

const Item = ({ href, name, count = 0, isFirst = false }: ItemProps) => {
  const [path] = useLocation()
  const isHere = href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`)
  return (
    <li className={isFirst ? "nav-first" : ""}>
      <Link href={href} aria-current={isHere ? "page" : undefined}>
        {name}
        {count === 0 ? null : <span className="badge tone-bad">{compact(count)}</span>}
      </Link>
    </li>
  )
}

const Account = () => {
  const { name, scope } = useWho()
  const signOut = useAction(() => api.session.signOut(), ["session"])
  return (
    <div className="account">
      <ThemeChoice />
      <ZoneChoice />
      <p>
        <bdi>{name}</bdi>{" "}
        <span className="muted">{scope === "read" ? "read-only access" : "operator access"}</span>
      </p>
      <Button variant="quiet" onPress={() => signOut.mutate(undefined)}>
        Sign out
      </Button>
      <Shortcuts />
    </div>
  )
}
