using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Files;

/// <summary>
/// Up to where a folder has been read: the newest file, and its name among files written at the same instant. As text,
/// such as <c>2026-03-02T08:00:00Z orders-7.csv</c>, so that a person can set it.
/// </summary>
internal sealed record FileCursor(DateTimeOffset Modified, string Name) : IComparable<FileCursor>
{
    public static FileCursor Of(FileEntry file) => new(file.Modified, file.Name);

    public static FileCursor Parse(string text)
    {
        var space = text.IndexOf(' ', StringComparison.Ordinal);
        var instant = space < 0 ? text : text[..space];
        return DateTimeOffset.TryParse(instant, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var modified)
            ? new FileCursor(modified, space < 0 ? "" : text[(space + 1)..])
            : throw new FailureException(new Failure(
                FailureCause.Configuration, "The cursor is not an instant with a file's name, such as 2026-03-02T08:00:00Z orders-7.csv.", "cursor"));
    }

    public int CompareTo(FileCursor? other) => other is null ? 1
        : Modified != other.Modified ? Modified.CompareTo(other.Modified)
        : string.CompareOrdinal(Name, other.Name);

    public override string ToString() => $"{FieldText.TimestampText(Modified)} {Name}";
}
