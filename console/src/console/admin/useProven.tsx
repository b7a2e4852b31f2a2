import { App, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { proveFactor } from '@/shared/api/admin'
import { isProblem } from '@/shared/api/problem'

/** Runs a sensitive act; where the server wants the second factor again, asks for a code and tries once more. */
export function useProven(): <R>(run: () => Promise<R>) => Promise<R> {
  const { t } = useTranslation('console')
  const { modal, message } = App.useApp()
  const ask = () =>
    new Promise<boolean>((settle) => {
      let code = ''
      modal.confirm({
        title: t('factor.again'),
        content: <Input aria-label={t('factor.code')} autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={20} onChange={(event) => (code = event.target.value)} data-testid="step-up-code" />,
        okText: t('factor.confirm'),
        cancelText: t('moves.cancel'),
        onOk: async () => {
          try {
            await proveFactor(code.trim())
          } catch (error) {
            void message.error(error instanceof Error ? error.message : t('factor.wrong'))
            throw error
          }
          settle(true)
        },
        onCancel: () => settle(false),
      })
    })
  return async (run) => {
    try {
      return await run()
    } catch (error) {
      if (!isProblem(error) || error.code !== 'factor.stale' || !(await ask())) throw error
      return run()
    }
  }
}
