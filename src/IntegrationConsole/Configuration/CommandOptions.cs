using IntegrationConsole.Configuration.Declarations;

namespace IntegrationConsole.Configuration;

/// <summary>The words behind a command: what it is about, switches, and options with a value, in any order.</summary>
internal sealed class CommandOptions
{
    private readonly HashSet<string> _switches = [];
    private readonly Dictionary<string, string> _values = [];

    /// <summary>What the command is about; empty where it was left out, which only somebody who asks for help may do.</summary>
    public string Subject { get; private set; } = "";

    /// <param name="words">As they were typed.</param>
    /// <param name="subject">What the first word without dashes is, such as TENANT.</param>
    /// <param name="switches">Options without a value.</param>
    /// <param name="valued">Options with a value behind them.</param>
    /// <returns>The options, or what is wrong with them.</returns>
    public static (CommandOptions Options, string Problem) Read(string[] words, string subject, IReadOnlyList<string> switches, IReadOnlyList<string> valued)
    {
        var options = new CommandOptions();
        for (var at = 0; at < words.Length; at++)
        {
            var word = words[at];
            if (switches.Contains(word))
            {
                options._switches.Add(word);
            }
            else if (valued.Contains(word))
            {
                if (++at == words.Length || words[at].StartsWith("--", StringComparison.Ordinal))
                {
                    return (options, $"{word} needs a value behind it.");
                }

                options._values[word] = words[at];
            }
            else if (word.StartsWith('-'))
            {
                return (options, $"There is no option {word}.{NearestWord.Question(word, switches.Concat(valued))}");
            }
            else if (options.Subject.Length > 0)
            {
                return (options, $"Only one {subject} can be named.");
            }
            else
            {
                options.Subject = word;
            }
        }

        return (options, options.Subject.Length == 0 ? $"{subject} is missing." : "");
    }

    public bool Has(string name) => _switches.Contains(name);

    public string? Value(string name) => _values.GetValueOrDefault(name);
}
