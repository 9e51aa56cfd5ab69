using IntegrationConsole.Connectors;

namespace IntegrationConsole.Credentials;

/// <summary>A kind of credential as data: what its form asks for, and which part of it is the secret.</summary>
public sealed record CredentialKind(AuthenticationKind Kind, string Title, string Summary, IReadOnlyList<SettingField> Settings, string SecretLabel)
{
    public static readonly IReadOnlyList<CredentialKind> All =
    [
        new(AuthenticationKind.ApiKey, "API key", "A key sent with every request, in a header or in the address.",
        [
            new("place", "Sent in", SettingKind.Choice) { Required = true, Default = "header", Choices = [("header", "a request header"), ("query", "the address (query parameter)")] },
            new("name", "Name of the header or parameter", SettingKind.Text) { Required = true, Default = "X-Api-Key" },
        ], "Key"),
        new(AuthenticationKind.Bearer, "Bearer token", "A token sent in the Authorization header.", [], "Token"),
        new(AuthenticationKind.Basic, "User and password", "HTTP basic authentication.",
        [
            new("user", "User", SettingKind.Text) { Required = true },
        ], "Password"),
        new(AuthenticationKind.OAuth2ClientCredentials, "OAuth 2 client credentials", "Fetches access tokens with a client's id and secret, and renews them in time.",
        [
            new("tokenUrl", "Token address", SettingKind.Url) { Required = true, Placeholder = "https://login.example.com/oauth/token" },
            new("clientId", "Client id", SettingKind.Text) { Required = true },
            new("scope", "Scopes", SettingKind.Text) { Help = "Separated by spaces; empty for the client's own." },
            new("audience", "Audience", SettingKind.Text) { Help = "Only where the token server asks for one.", Advanced = true },
            new("clientAuthentication", "Client id and secret go", SettingKind.Choice)
            {
                Default = "header", Advanced = true, Choices = [("header", "in the Authorization header"), ("body", "in the form")],
            },
        ], "Client secret"),
        new(AuthenticationKind.DatabaseLogin, "Database login", "A user and password of a database.",
        [
            new("user", "User", SettingKind.Text) { Required = true },
        ], "Password"),
        new(AuthenticationKind.WebhookSecret, "Webhook secret", "What another system signs its deliveries to a webhook endpoint with.", [], "Secret"),
    ];

    public static CredentialKind Of(AuthenticationKind kind) => All.First(candidate => candidate.Kind == kind);

    /// <summary>As an empty form starts.</summary>
    public CredentialDraft Draft(string name) => new(name, Kind, Settings.ToDictionary(field => field.Name, field => field.Default), "", null);

    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public IReadOnlyDictionary<string, string> Check(CredentialDraft draft, bool isNew)
    {
        var problems = new Dictionary<string, string>();
        if (draft.Name.Trim().Length is 0 or > 100)
        {
            problems["name"] = "Give the credential a name of at most 100 characters.";
        }

        foreach (var field in Settings)
        {
            var value = draft.Settings.GetValueOrDefault(field.Name, "").Trim();
            if (ProblemWith(field, value) is { } sentence)
            {
                problems[field.Name] = sentence;
            }
        }

        if (isNew && draft.Secret.Length == 0)
        {
            problems["secret"] = $"{SecretLabel} is needed.";
        }
        else if (draft.Secret.Length > 20_000 || draft.Secret.Any(char.IsControl))
        {
            problems["secret"] = $"{SecretLabel} must be one line of at most 20,000 characters: was more copied than the secret itself?";
        }
        else if (TravelsInHeader(draft) && !draft.Secret.All(char.IsAscii))
        {
            problems["secret"] = $"{SecretLabel} is sent in a header, which takes unaccented letters, digits and signs only: was it copied as it was given out?";
        }

        return problems;
    }

    private string? ProblemWith(SettingField field, string value)
    {
        if (value.Length == 0)
        {
            return field.Required ? $"{field.Label} is needed." : null;
        }

        if (value.Length > 2_000 || value.Any(char.IsControl))
        {
            return $"{field.Label} must be one line of at most 2,000 characters.";
        }

        if (field.Kind is SettingKind.Url && !(Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0))
        {
            return $"{field.Label} must be an address such as {field.Placeholder}.";
        }

        if (field.Kind is SettingKind.Choice && field.Choices.All(choice => choice.Value != value))
        {
            return $"{field.Label} must be one of {string.Join(", ", field.Choices.Select(choice => choice.Value))}.";
        }

        if (Kind is AuthenticationKind.Basic && field.Name == "user" && value.Contains(':'))
        {
            return "A user of basic authentication cannot have a colon in it: the password begins there.";
        }

        return Kind is AuthenticationKind.ApiKey && field.Name == "name" && !IsToken(value)
            ? "A header or parameter name holds letters, digits, dashes, dots and underscores only, such as X-Api-Key." : null;
    }

    private bool TravelsInHeader(CredentialDraft draft) =>
        Kind is AuthenticationKind.Bearer || (Kind is AuthenticationKind.ApiKey && draft.Settings.GetValueOrDefault("place") != "query");

    private static bool IsToken(string text) => text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
