using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Runbooks;

/// <summary>A runbook as somebody wants it.</summary>
public sealed record RunbookDraft(string Title, string Steps, string Link, string Owner, FailureCause? Cause, string Code, string Connector, string Contains, bool IsOn)
{
    public const int LongestTitle = 120;
    public const int LongestSteps = 20_000;
    public const int LongestPart = 500;

    public RunbookPattern Pattern => new(Cause, Code.Trim(), Connector, Contains.Trim());

    /// <summary>What has to be put right, by the name of the field; empty where nothing has.</summary>
    public IReadOnlyDictionary<string, string> Problems()
    {
        var problems = new Dictionary<string, string>();
        void Check(string field, bool isWrong, string sentence)
        {
            if (isWrong)
            {
                problems.TryAdd(field, sentence);
            }
        }

        Check(nameof(Title), Title.Trim().Length == 0, "Give it a title.");
        Check(nameof(Title), Title.Trim().Length > LongestTitle, $"At most {LongestTitle} characters.");
        Check(nameof(Steps), Steps.Trim().Length == 0, "Say what is to be done.");
        Check(nameof(Steps), Steps.Length > LongestSteps, "At most 20,000 characters. Link to what is longer.");
        Check(nameof(Cause), Pattern.IsEmpty, "Say how it is recognised: by a cause, a code, a kind of system or words.");
        Check(nameof(Code), Code.Trim().Length > LongestPart, $"At most {LongestPart} characters.");
        Check(nameof(Contains), Contains.Trim().Length > LongestPart, $"At most {LongestPart} characters.");
        Check(nameof(Owner), Owner.Trim().Length > LongestTitle, $"At most {LongestTitle} characters.");
        Check(nameof(Link), Link.Trim().Length > 0 && !IsAddress(Link.Trim()), "An address that begins with https:// or http://.");
        return problems;
    }

    /// <summary>The first line of a sentence, as much of it as may be looked for.</summary>
    public static string LongestOf(string sentence) => sentence.Split('\n')[0] is var line && line.Length > LongestPart ? line[..LongestPart] : line;

    private static bool IsAddress(string link) =>
        link.Length <= LongestPart && Uri.TryCreate(link, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp);
}
