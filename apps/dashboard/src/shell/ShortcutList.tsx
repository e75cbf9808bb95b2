import { Button } from "../parts/Button.tsx"
import { DialogFrame } from "../parts/Dialog.tsx"
import { Facts } from "../parts/Facts.tsx"
import { screenKeys } from "./screenKeys.ts"

/** A dialog with all shortcuts. */
export const ShortcutList = ({ close }: { readonly close: () => void }) => (
  <DialogFrame title="Keyboard shortcuts" isOpen onOpenChange={close}>
    {() => (
      <>
        <Facts
          of={{
            Search: <kbd>/</kbd>,
            "This list": <kbd>?</kbd>,
            ...Object.fromEntries(
              Object.entries(screenKeys).map(([key, { name }]) => [
                name,
                <>
                  <kbd>g</kbd> <kbd>{key}</kbd>
                </>
              ])
            )
          }}
        />
        <div className="dialog-buttons">
          <Button onPress={close}>Close</Button>
        </div>
      </>
    )}
  </DialogFrame>
)
