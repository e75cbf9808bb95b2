import { useEffect, useState, type FormEvent } from "react"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Field } from "../parts/Field.tsx"
import { Logo } from "../shell/Logo.tsx"
import { forgetToken } from "./token.ts"

interface Props {
  /** A token to sign in with. Empty without one. */
  readonly given: string
  /** A session is left to return to. */
  readonly isSignedIn: boolean
}

export const SignIn = ({ given, isSignedIn }: Props) => {
  const [token, setToken] = useState(given)
  const signIn = useAction((token: string) => api.session.signIn({ payload: { token } }), ["session"])
  const { mutate } = signIn

  useEffect(() => {
    if (given !== "") mutate(given, { onSuccess: forgetToken })
  }, [given, mutate])

  useEffect(() => {
    document.title = "Sign in · Usher"
  }, [])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    mutate(token.trim(), { onSuccess: forgetToken })
  }

  return (
    <main className="sign-in">
      <form onSubmit={submit} className="card">
        <Logo />
        <h1>Sign in</h1>
        <p className="muted">
          Enter a token for this relay. The page exchanges it for a cookie that scripts can&rsquo;t read.
        </p>
        <Field
          label="Token"
          type="password"
          value={token}
          onChange={setToken}
          autoComplete="current-password"
          autoFocus
          isRequired
          error={signIn.isError ? sentence(signIn.error) : undefined}
        />
        <Button type="submit" variant="primary" isPending={signIn.isPending}>
          Sign in
        </Button>
        {isSignedIn && (
          <Button variant="quiet" onPress={forgetToken}>
            Keep the current session
          </Button>
        )}
        <p className="hint">
          No token? Ask the relay&rsquo;s administrator to run{" "}
          <code>usher tokens create --name you --scope read</code>
        </p>
      </form>
    </main>
  )
}
