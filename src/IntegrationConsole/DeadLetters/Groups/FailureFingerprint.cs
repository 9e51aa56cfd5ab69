using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>What is known of a failure that goes into its fingerprint.</summary>
/// <param name="Connector">The kind of the connection that it concerns; empty for the mapping.</param>
/// <param name="Answer">What the outside system answered; only its codes count.</param>
/// <param name="Systems">The names under which the outside system may stand in the sentence.</param>
public sealed record FailureFacts(FailureCause Cause, LetterStage Stage, string Connector, string Code, string Field, string Sentence, string Answer, IReadOnlyList<string> Systems);

/// <summary>
/// Tells which failures are the same one. The pattern is the same for all tenants; what a group of one integration is
/// called is made of pattern, tenant and integration.
/// </summary>
/// <param name="Title">The sentence with placeholders for values.</param>
/// <param name="Template">The same with a placeholder for the outside system too.</param>
public sealed record FailureFingerprint(Guid Pattern, string Title, string Template, string Code, string Field)
{
    /// <summary>Raised whenever the same failure may get another pattern. Groups of earlier versions stay as they are, with no new letters.</summary>
    public const int Algorithm = 1;

    private const int MostOfCode = 64;

    public static FailureFingerprint Of(FailureFacts facts)
    {
        var marks = AnswerMarks.Of(facts.Answer);
        var template = Marked(MessageTemplate.Of(facts.Sentence, facts.Systems), marks);
        var title = facts.Systems.Count == 0 ? template : Marked(MessageTemplate.Of(facts.Sentence, []), marks);
        var code = NormalCode(facts.Code);
        var field = WithoutIndexes(facts.Field);
        var pattern = Hash([$"{Algorithm}", facts.Cause.Code, facts.Stage.ToString(), facts.Connector, code, template.ToLowerInvariant(), field]);
        return new FailureFingerprint(pattern, title, template, code, field);
    }

    /// <summary>The group of one integration.</summary>
    /// <param name="part">What a rule takes apart; empty where none does.</param>
    public static Guid GroupOf(Guid pattern, TenantId tenant, Guid syncId, string part) => Hash([pattern.ToString("n"), tenant.Value.ToString("n"), syncId.ToString("n"), part]);

    /// <summary>The group of a rule that gathers failures of different kinds.</summary>
    public static Guid PatternOf(Guid rule) => Hash(["rule", rule.ToString("n")]);

    /// <summary>The place with every position in a list as an asterisk.</summary>
    public static string WithoutIndexes(string place)
    {
        if (!place.Any(char.IsAsciiDigit))
        {
            return place;
        }

        var parts = new StringBuilder(place.Length);
        for (var at = 0; at < place.Length; at++)
        {
            var end = at;
            while (end < place.Length && char.IsAsciiDigit(place[end]))
            {
                end++;
            }

            var isWhole = end > at && (at == 0 || place[at - 1] is '/' or '[' or '.') && (end == place.Length || place[end] is '/' or ']' or '.');
            parts.Append(isWhole ? "*" : end > at ? place[at..end] : place[at].ToString());
            at = end > at ? end - 1 : at;
        }

        return parts.ToString();
    }

    private static string Marked(string template, string marks) => marks.Length == 0 ? template : $"{template} {marks}";

    /// <summary>A status and an SQLSTATE are kept as they are; other codes lose their numbers, which may be anything.</summary>
    private static string NormalCode(string code)
    {
        var text = code.Trim();
        text = text.Length > MostOfCode ? text[..MostOfCode] : text;
        var isStatus = text.Length == 3 && text.All(char.IsAsciiDigit);
        var isSqlState = text.Length == 5 && text.All(character => char.IsAsciiDigit(character) || char.IsAsciiLetterUpper(character));
        return isStatus || isSqlState || !text.Any(char.IsAsciiDigit) ? text : MessageTemplate.Of(text, []);
    }

    private static Guid Hash(ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }
}
