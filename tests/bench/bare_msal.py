"""The yardstick of an exchange: MSAL alone, as its documentation has it."""

from __future__ import annotations

import msal
import requests

from tests.support.authority import LiveAuthority


class BareMsal:
    """One confidential application and one person's token."""

    def __init__(self, live: LiveAuthority) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = live.config.entra.ca_file
        pro = live.provisioned
        self._app = msal.ConfidentialClientApplication(
            pro.client_id,
            client_credential={
                "private_key": pro.private_key,
                "public_certificate": pro.certificate,
            },
            authority=live.config.authority_url,
            instance_discovery=False,
            http_client=self._session,
        )
        answer = self._session.post(
            f"{live.config.authority_url}/oauth2/v2.0/token",
            data={
                "grant_type": "refresh_token",
                "client_id": pro.public_client_id,
                "refresh_token": pro.refresh_token,
                "scope": pro.api_scope,
            },
            timeout=10,
        )
        self._person = answer.json()["access_token"]

    def on_behalf(self, scope: str) -> None:
        """Exchange once."""
        answer = self._app.acquire_token_on_behalf_of(self._person, [scope])
        assert "access_token" in answer

    def close(self) -> None:
        """Close the connections."""
        self._session.close()
