import { Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from "react-aria-components"
import type { ReactNode } from "react"
import { Button } from "./Button.tsx"

interface Props {
  readonly label: string
  readonly title: string
  readonly variant?: "plain" | "primary" | "danger"
  readonly isDisabled?: boolean
  readonly children: (close: () => void) => ReactNode
}

interface AskedProps {
  readonly title: string
  readonly isOpen: boolean
  readonly close: () => void
  readonly children: ReactNode
}

/** Opened by something that may be gone before it closes. */
export const AskedDialog = ({ title, isOpen, close, children }: AskedProps) => (
  <ModalOverlay
    isDismissable
    isOpen={isOpen}
    onOpenChange={(open) => (open ? undefined : close())}
    className="overlay"
  >
    <Modal className="modal">
      <Dialog className="dialog">
        <Heading slot="title">{title}</Heading>
        {children}
      </Dialog>
    </Modal>
  </ModalOverlay>
)

/** A button that asks something before it acts; Escape and a press beside the question take it back. */
export const DialogButton = ({ label, title, variant = "plain", isDisabled = false, children }: Props) => (
  <DialogTrigger>
    <Button variant={variant} isDisabled={isDisabled}>
      {label}
    </Button>
    <ModalOverlay isDismissable className="overlay">
      <Modal className="modal">
        <Dialog className="dialog">
          {({ close }) => (
            <>
              <Heading slot="title">{title}</Heading>
              {children(close)}
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  </DialogTrigger>
)
