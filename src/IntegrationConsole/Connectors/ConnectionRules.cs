using System.Text.Json;

namespace IntegrationConsole.Connectors;

/// <summary>Everything that can be said about a connection before it is tried.</summary>
public static class ConnectionRules
{
    public static IReadOnlyList<SettingProblem> Check(IConnector connector, ConnectionDraft draft)
    {
        var problems = new List<SettingProblem>();
        if (draft.Name.Trim().Length is 0 or > 100)
        {
            problems.Add(new("name", "Give the connection a name of at most 100 characters."));
        }

        if (connector.Descriptor.NeedsCredential && draft.CredentialId is null)
        {
            problems.Add(new("credential", "Choose the credential with which we sign in."));
        }

        problems.AddRange(SettingRules.Check(connector, JsonSerializer.Deserialize<JsonElement>(draft.Settings)));
        return problems;
    }
}
