import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DialogFrame } from "../parts/Dialog.tsx"
import { useMayAct } from "../session/session.ts"

/** Reloads the configuration file, and shows what changed or why the relay refused the file. */
export const ReloadButton = () => {
  const mayAct = useMayAct()
  const reloading = useAction(
    () => api.upkeep.reload(),
    ["sources", "spots", "budget", "stats", "mapping", "settings"]
  )
  if (!mayAct) return null
  return (
    <>
      <Button isPending={reloading.isPending} onPress={() => reloading.mutate(undefined)}>
        Reload configuration
      </Button>
      <DialogFrame
        title={reloading.isError ? "Configuration not reloaded" : "Configuration reloaded"}
        isOpen={reloading.isError || reloading.isSuccess}
        onOpenChange={() => reloading.reset()}
      >
        {(close) => (
          <div className="dialog-form">
            {reloading.isError ? (
              <>
                <p>The relay keeps its whole old configuration.</p>
                <Lines of={sentence(reloading.error).split("\n")} />
              </>
            ) : (
              <Lines of={reloading.data?.changes ?? []} />
            )}
            <div className="dialog-buttons">
              <Button variant="primary" onPress={close} autoFocus>
                Close
              </Button>
            </div>
          </div>
        )}
      </DialogFrame>
    </>
  )
}

const Lines = ({ of }: { readonly of: ReadonlyArray<string> }) =>
  of.length === 0 ? (
    <p>The file has not changed.</p>
  ) : (
    <ul>
      {of.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  )
