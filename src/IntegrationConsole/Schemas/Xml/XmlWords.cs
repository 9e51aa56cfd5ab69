using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Schema;

namespace IntegrationConsole.Schemas.Xml;

/// <summary>The framework's messages about XML, without the values that they quote.</summary>
internal static partial class XmlWords
{
    private const int Longest = 400;

    public static string Of(XmlSchemaException problem)
    {
        var message = problem.Message;
        var misfit = Misfit().Match(message);
        if (misfit.Success)
        {
            // The reason quotes the value where it is about reading it.
            var reason = misfit.Groups["reason"].Value;
            return $"The {misfit.Groups["kind"].Value} {NameOf(misfit.Groups["name"].Value)} must be a value of the type {NameOf(misfit.Groups["type"].Value)}"
                + (Constraint().IsMatch(reason) ? $": {char.ToLowerInvariant(reason[0])}{reason[1..]}" : ".");
        }

        return Shortened(message);
    }

    public static string Of(XmlException problem) => Shortened(problem.Message);

    private static string Shortened(string message) => message.Length <= Longest ? message : message[..Longest] + "…";

    private static string NameOf(string qualified) => qualified[(qualified.LastIndexOf(':') + 1)..];

    [GeneratedRegex(@"^The '(?<name>[^']*)' (?<kind>element|attribute) is invalid - The value '.*' is invalid according to its datatype '(?<type>[^']*)' - (?<reason>.*)$", RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Misfit();

    [GeneratedRegex(@"^The \w+ constraint failed\.$")]
    private static partial Regex Constraint();
}
