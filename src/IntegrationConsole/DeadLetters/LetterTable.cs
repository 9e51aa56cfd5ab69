using System.Globalization;
using System.Text;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters;

/// <summary>The dead letters that a filter finds as a table for spreadsheets: what was recorded of each, never the record itself.</summary>
internal static class LetterTable
{
    private const int PageSize = 500;

    public static async Task WriteAsync(Stream file, DeadLetterStore letters, TenantId tenant, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        await WriteAsync(file, "record,integration,state,stage,cause,code,field,message,attempts,mapping version,size,first failed,last failed,id\r\n", cancellationToken);
        string? next = null;
        do
        {
            var page = await letters.ListAsync(tenant, filter, Keyset.Parse(next), PageSize, cancellationToken);
            await WriteAsync(file, string.Concat(page.Items.Select(RowOf)), cancellationToken);
            next = page.Next;
        }
        while (next is not null);
    }

    private static async Task WriteAsync(Stream file, string text, CancellationToken cancellationToken) => await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    private static string RowOf(DeadLetter letter)
    {
        string[] cells =
        [
            letter.KeyText, letter.SyncName, letter.State.Words, letter.Stage.Words, letter.Cause.Code, letter.Code, letter.Field, letter.Message,
            letter.Attempts.ToString(CultureInfo.InvariantCulture), letter.MappingVersion?.ToString(CultureInfo.InvariantCulture) ?? "", letter.PayloadSize.ToString(CultureInfo.InvariantCulture),
            letter.FirstFailedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), letter.LastFailedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), letter.Id.ToString(),
        ];
        return $"{string.Join(',', cells.Select(Quoted))}\r\n";
    }

    /// <summary>What begins like a formula would be one in a spreadsheet.</summary>
    private static string Quoted(string cell) => $"\"{(cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" : "")}{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
