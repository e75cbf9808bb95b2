import { Route, Switch } from "wouter"
import { useTellSession } from "./api/live.ts"
import { Overview } from "./overview/Overview.tsx"
import { Safe } from "./shell/Safe.tsx"
import { Trouble } from "./parts/Shown.tsx"
import { LazyScreens, usePrefetchedScreens } from "./shell/LazyScreens.tsx"
import { useSession, Who } from "./session/session.ts"
import { SignIn } from "./session/SignIn.tsx"
import { useGivenToken } from "./session/token.ts"
import { Shell } from "./shell/Shell.tsx"

export const App = () => {
  const session = useSession()
  const token = useGivenToken()
  usePrefetchedScreens()
  useTellSession(session.data === undefined ? undefined : session.data !== null)
  if (session.data === undefined && session.isError) {
    return (
      <main className="sign-in">
        <Trouble error={session.error} again={() => void session.refetch()} />
      </main>
    )
  }
  if (session.data === undefined) return null
  if (session.data === null || token !== "") {
    return <SignIn key={token} given={token} isSignedIn={session.data !== null} />
  }
  return (
    <Who value={session.data}>
      <Shell>
        <Safe>
          <Switch>
            <Route path="/" component={Overview} />
            <Route component={LazyScreens} />
          </Switch>
        </Safe>
      </Shell>
    </Who>
  )
}
