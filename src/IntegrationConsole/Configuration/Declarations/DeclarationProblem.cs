namespace IntegrationConsole.Configuration.Declarations;

/// <summary>What is wrong in a file. Says which value may stand there, and never which one does: it might be a secret.</summary>
/// <param name="File">The file's name as it was given.</param>
/// <param name="Line">The first is 1; 0 where there is nothing to read.</param>
/// <param name="Key">Where in the file, such as <c>connections[0].settings.host</c>; empty for the file as a whole.</param>
public sealed record DeclarationProblem(string File, int Line, string Key, string Sentence)
{
    public override string ToString() => Line == 0 ? $"{File}: {Sentence}" : Key.Length > 0 ? $"{File}, line {Line}, {Key}: {Sentence}" : $"{File}, line {Line}: {Sentence}";
}

/// <summary>Gathers what is wrong, and knows on which line each key stands.</summary>
internal sealed class DeclarationProblems(string file)
{
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly List<DeclarationProblem> _all = [];

    public bool Any => _all.Count > 0;

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<DeclarationProblem> All => [.. _all.Distinct().OrderBy(problem => problem.File != file).ThenBy(problem => problem.Line)];

    /// <summary>A value may begin on a later line than its key: the key's counts.</summary>
    public void Stands(string key, int line) => _lines.TryAdd(key, line);

    /// <summary>On the line of the key, or of the nearest one around it.</summary>
    public void Add(string key, string sentence) => Add(file, LineOf(key), key, sentence);

    public void Add(string inFile, int line, string key, string sentence) => _all.Add(new DeclarationProblem(inFile, line, key, sentence));

    private int LineOf(string key)
    {
        while (!_lines.ContainsKey(key) && key.LastIndexOfAny(['.', '[']) is > 0 and var end)
        {
            key = key[..end];
        }

        return _lines.GetValueOrDefault(key, 1);
    }
}
