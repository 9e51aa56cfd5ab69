using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;

namespace IntegrationConsole.Tests.Credentials;

public sealed class Entering_credentials
{
    [Theory]
    [InlineData(AuthenticationKind.ApiKey, "k", "place=header;name=X-Api-Key", "")]
    [InlineData(AuthenticationKind.ApiKey, "kü", "place=query;name=key", "")]
    [InlineData(AuthenticationKind.ApiKey, "kü", "place=header;name=X-Api-Key", "secret: Key is sent in a header, which takes unaccented letters, digits and signs only: was it copied as it was given out?")]
    [InlineData(AuthenticationKind.ApiKey, "k", "place=cookie;name=key", "place: Sent in must be one of header, query.")]
    [InlineData(AuthenticationKind.ApiKey, "k", "place=header", "name: Name of the header or parameter is needed.")]
    [InlineData(AuthenticationKind.ApiKey, "k", "place=header;name=X Api:Key", "name: A header or parameter name holds letters, digits, dashes, dots and underscores only, such as X-Api-Key.")]
    [InlineData(AuthenticationKind.Bearer, "", "", "secret: Token is needed.")]
    [InlineData(AuthenticationKind.Bearer, "a\nb", "", "secret: Token must be one line of at most 20,000 characters: was more copied than the secret itself?")]
    [InlineData(AuthenticationKind.Bearer, "a\0", "", "secret: Token must be one line of at most 20,000 characters: was more copied than the secret itself?")]
    [InlineData(AuthenticationKind.Bearer, "tökén", "", "secret: Token is sent in a header, which takes unaccented letters, digits and signs only: was it copied as it was given out?")]
    [InlineData(AuthenticationKind.Basic, "pässword", "user=jürgen", "")]
    [InlineData(AuthenticationKind.Basic, "p", "user=a:b", "user: A user of basic authentication cannot have a colon in it: the password begins there.")]
    [InlineData(AuthenticationKind.Basic, "p", "", "user: User is needed.")]
    [InlineData(AuthenticationKind.DatabaseLogin, "p", "user=a:b", "")]
    [InlineData(AuthenticationKind.OAuth2ClientCredentials, "s", "tokenUrl=https://login.example.com/token;clientId=c", "")]
    [InlineData(AuthenticationKind.OAuth2ClientCredentials, "s", "tokenUrl=login.example.com;clientId=c", "tokenUrl: Token address must be an address such as https://login.example.com/oauth/token.")]
    [InlineData(AuthenticationKind.OAuth2ClientCredentials, "s", "tokenUrl=https://u:p@login.example.com;clientId=c", "tokenUrl: Token address must be an address such as https://login.example.com/oauth/token.")]
    [InlineData(AuthenticationKind.OAuth2ClientCredentials, "s", "tokenUrl=file:///etc/passwd;clientId=c", "tokenUrl: Token address must be an address such as https://login.example.com/oauth/token.")]
    [InlineData(AuthenticationKind.OAuth2ClientCredentials, "s", "tokenUrl=https://l.example;clientId=a\nb", "clientId: Client id must be one line of at most 2,000 characters.")]
    public void Each_kind_says_what_is_wrong_with_what_was_entered(AuthenticationKind kind, string secret, string settings, string expected)
    {
        var draft = new CredentialDraft(
            "name", kind, settings.Split(';', StringSplitOptions.RemoveEmptyEntries).ToDictionary(pair => pair[..pair.IndexOf('=')], pair => pair[(pair.IndexOf('=') + 1)..]), secret, null);

        var problems = CredentialKind.Of(kind).Check(draft, isNew: true);

        Assert.Equal(expected, string.Join("; ", problems.Select(problem => $"{problem.Key}: {problem.Value}")));
        Assert.All(problems.Values, sentence => Assert.True(secret.Length < 2 || !sentence.Contains(secret)));
    }

    [Fact]
    public void An_existing_credential_may_keep_its_secret_and_needs_a_name()
    {
        var draft = new CredentialDraft(" ", AuthenticationKind.Bearer, new Dictionary<string, string>(), "", null);

        Assert.Equal(["name"], CredentialKind.Of(AuthenticationKind.Bearer).Check(draft, isNew: false).Keys);
    }

    [Fact]
    public void Every_kind_has_a_form() => Assert.Equal(Enum.GetValues<AuthenticationKind>().Order(), CredentialKind.All.Select(kind => kind.Kind).Order());
}
