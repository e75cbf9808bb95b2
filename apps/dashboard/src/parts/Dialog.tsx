import {
  Dialog,
  DialogTrigger,
  Heading,
  Modal,
  ModalOverlay,
  type ModalOverlayProps
} from "react-aria-components"
import type { ReactNode } from "react"
import { Button } from "./Button.tsx"

interface FrameProps extends Omit<ModalOverlayProps, "children"> {
  readonly title: string
  readonly children: (close: () => void) => ReactNode
}

/** A dialog. Escape and a click outside close it. */
export const DialogFrame = ({ title, children, ...props }: FrameProps) => (
  <ModalOverlay {...props} isDismissable className="overlay">
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
)

interface ButtonProps extends FrameProps {
  readonly label: string
  readonly variant?: "plain" | "primary" | "danger"
  readonly isDisabled?: boolean
}

/** A button that opens a dialog. */
export const DialogButton = ({ label, variant = "plain", isDisabled = false, ...frame }: ButtonProps) => (
  <DialogTrigger>
    <Button variant={variant} isDisabled={isDisabled}>
      {label}
    </Button>
    <DialogFrame {...frame} />
  </DialogTrigger>
)
