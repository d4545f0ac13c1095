import { SignInPage } from '@backstage/core-components';
import { configApiRef, useApi } from '@backstage/frontend-plugin-api';
import { SignInPageBlueprint } from '@backstage/plugin-app-react';
import type { SignInPageProps } from '@backstage/plugin-app-react';
import { ssoApiRef } from './ssoApi';

const sso = {
  id: 'oidc',
  title: 'Craft Easy SSO',
  message: 'Sign in with your Craft Easy account',
  apiRef: ssoApiRef,
};

/** Guests can sign in on a developer's machine only; elsewhere the backend has no such provider. */
const SignIn = (props: SignInPageProps) => {
  const environment =
    useApi(configApiRef).getOptionalString('auth.environment');
  const guests = (environment ?? 'development') === 'development';
  return (
    <SignInPage
      {...props}
      title="Sign in"
      align="center"
      providers={guests ? [sso, 'guest'] : [sso]}
    />
  );
};

export const signInPage = SignInPageBlueprint.make({
  params: { loader: async () => SignIn },
});
