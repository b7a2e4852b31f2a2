import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { ErrorNote } from './ErrorNote'

export function CrashPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const retry = () => {
    reset()
    void router.invalidate()
  }
  return (
    <main className="lone-page">
      <ErrorNote error={error} retry={retry} />
    </main>
  )
}
