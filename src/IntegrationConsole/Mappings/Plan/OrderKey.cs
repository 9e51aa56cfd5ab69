using IntegrationConsole.Expressions;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// Says which records have to stay in their order: those for which it gives the same text. It reads the source record,
/// so that a record that cannot be mapped has its place too. Not for use by two threads at once.
/// </summary>
public sealed class OrderKey
{
    private readonly PathSet _paths = new();
    private readonly KeyProgram _program;
    private readonly JsonSlot[] _slots;

    /// <param name="text">A path or an expression that <see cref="ProblemWith"/> has nothing against.</param>
    /// <param name="scope">What an expression sees besides the record.</param>
    public OrderKey(string text, ExpressionScope scope)
    {
        _program = new KeyProgram("The order key", text, _paths, scope);
        _slots = new JsonSlot[_paths.Count];
    }

    /// <summary>What is wrong with an order key; null where nothing is.</summary>
    public static string? ProblemWith(string text)
    {
        if (text.Trim().Length == 0 || SourcePath.Parse(text.Trim()).Path is not null)
        {
            return null;
        }

        var (expression, problem) = ExpressionText.Parse(text);
        return expression is null ? problem : UsesTables(expression) ? "The order key cannot ask lookup tables: it would change when they do." : null;
    }

    /// <returns>Null for a record without one, whose order is not kept.</returns>
    public string? Of(ReadOnlyMemory<byte> record, CancellationToken cancellationToken) =>
        _paths.TryFind(record, _slots, _program.ReadsWholeRecord, out var whole)
        && _program.Read(new RecordView(0, record, _slots, whole), out var key, out _, cancellationToken) is null ? key : null;

    private static bool UsesTables(Expression expression) => expression.AsksAnyTable || expression.Tables.Count > 0;
}
