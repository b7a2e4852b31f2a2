import { Input } from 'antd'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'

/** A password that can be shown, with words instead of a picture. */
export function PasswordInput(props: ComponentProps<typeof Input.Password>) {
  const { t } = useTranslation('console')
  return <Input.Password {...props} iconRender={(shown) => <span className="password-show">{t(shown ? 'login.hide' : 'login.show')}</span>} />
}
