using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Shell;

/// <summary>
/// Finds a setting that cannot be used before anything relies on it, and says so in a sentence. The framework's own
/// exceptions name the place only in their text, so that is where it is read.
/// </summary>
internal static partial class WrongSettings
{
    /// <exception cref="StartProblem">A setting cannot be used.</exception>
    public static void Refuse(IServiceProvider services)
    {
        try
        {
            services.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException wrong)
        {
            throw new StartProblem(SentenceOf(wrong), wrong);
        }
        catch (AggregateException several) when (several.InnerExceptions.All(one => one is OptionsValidationException))
        {
            throw new StartProblem(string.Join(' ', several.InnerExceptions.OfType<OptionsValidationException>().Select(SentenceOf)), several);
        }
    }

    /// <summary>What the person at the keyboard reads instead of a stack trace; null where only the stack trace helps.</summary>
    public static string? SentenceOf(Exception problem) => problem switch
    {
        StartProblem expected => expected.Message,
        InvalidOperationException unreadable when Unconverted().Match(unreadable.Message) is { Success: true } match =>
            $"{Variable(match.Groups["path"].Value)} must be {KindOf(match.Groups["type"].Value)}.",
        _ => null,
    };

    private static string SentenceOf(OptionsValidationException wrong)
    {
        var section = wrong.OptionsType.GetField("Section")?.GetValue(null) as string ?? wrong.OptionsType.Name;
        return string.Join(' ', wrong.Failures.Select(failure => Annotated().Match(failure) is { Success: true } match
            ? match.Groups["error"].Value.Replace($"The field {match.Groups["member"].Value} ", $"{section}__{match.Groups["member"].Value} ", StringComparison.Ordinal)
            : failure));
    }

    private static string Variable(string path) => path.Replace(":", "__", StringComparison.Ordinal);

    private static string KindOf(string type) => type switch
    {
        "System.Int32" or "System.Int64" => "a whole number",
        "System.Boolean" => "true or false",
        "System.TimeSpan" => "a time such as 00:30:00, or 1.12:00:00 for a day and a half",
        _ => string.Create(CultureInfo.InvariantCulture, $"a {type}"),
    };

    [GeneratedRegex("^Failed to convert configuration value .*at '(?<path>[^']+)' to type '(?<type>[^']+)'")]
    private static partial Regex Unconverted();

    [GeneratedRegex(@"^DataAnnotation validation failed for '[^']*' members: '(?<member>\w*)' with the error: '(?<error>.*)'\.$", RegexOptions.Singleline)]
    private static partial Regex Annotated();
}
