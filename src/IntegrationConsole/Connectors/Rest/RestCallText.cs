using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>The call that a row makes, for somebody to read or to make by hand. What may be a secret is masked: only names of headers are told.</summary>
/// <param name="Address">Where, with the record's own values in it.</param>
/// <param name="Body">JSON; where rows go together, this row's part.</param>
/// <param name="Headers">By name.</param>
public sealed record RestCallText(string Method, string Address, byte[] Body, IReadOnlyList<string> Headers)
{
    private const string Mask = "***";

    /// <summary>For a shell. It does nothing until somebody fills in what is masked.</summary>
    public string Curl
    {
        get
        {
            string[] parts =
            [
                $"curl -X {Method} {Quoted(Address)}", "-H 'Content-Type: application/json'", .. Headers.Select(header => $"-H {Quoted($"{header}: {Mask}")}"),
                $"--data-raw {Quoted(Encoding.UTF8.GetString(Body))}",
            ];
            return string.Join(" \\\n  ", parts);
        }
    }

    /// <exception cref="FailureException">The connection's settings, or the row, make no call.</exception>
    internal static RestCallText Of(Connection connection, WriteRequest request, RowBatch rows, int row)
    {
        var settings = RestSettings.Parse(connection.SettingsJson);
        var plan = RestWritePlan.For(settings.Stream(request.Stream), request);
        var path = plan.PathOf(rows, row) ?? throw new FailureException(plan.ProblemWithPath(rows, row));
        string[] secret = connection.CredentialId is null ? [] : ["Authorization"];
        return new RestCallText(
            plan.Method.Method, RestAddress.Of(new Uri(settings.BaseAddress), path).ToString(), new RowBody(plan.Fields).Of(rows[row]),
            [.. secret, .. settings.Headers.Keys, .. plan.Stream.IdempotencyHeader is { Length: > 0 } key ? [key] : Array.Empty<string>()]);
    }

    /// <summary>One word for a shell, whatever is in it.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
