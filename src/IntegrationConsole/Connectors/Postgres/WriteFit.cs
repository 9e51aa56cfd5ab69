using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Whether the rows of a run can go into a table at all, asked before the first one does.</summary>
internal sealed class WriteFit(TableShape table, WriteRequest request)
{
    /// <returns>How each field travels.</returns>
    /// <exception cref="FailureException">They cannot.</exception>
    public IReadOnlyList<StageColumn> Check()
    {
        if (request.Fields.Count == 0)
        {
            throw Refuse(FailureCause.Mapping, "The mapping writes no field.");
        }

        CheckFieldsExist();
        var columns = request.Fields.Select(Column).ToList();
        CheckKeys();
        CheckRequired();
        if (request.Mode is WriteMode.Update && columns.All(column => column.IsKey))
        {
            throw Refuse(FailureCause.Mapping, $"An update of {table.Stream} needs a field besides its key.");
        }

        return columns;
    }

    private void CheckFieldsExist()
    {
        var missing = request.Fields.Where(field => table.Find(field.Name) is null).Select(field => field.Name).ToList();
        if (missing.Count > 0)
        {
            throw Refuse(
                FailureCause.SchemaChange, missing.Count == 1 ? $"{table.Stream} has no column {missing[0]}." : $"{table.Stream} has no columns {string.Join(", ", missing)}.", missing[0]);
        }

        if (request.Fields.GroupBy(field => field.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw Refuse(FailureCause.Mapping, $"The mapping writes {twice.Key} more than once.", twice.Key);
        }
    }

    private StageColumn Column(RowField field, int place)
    {
        var column = table.Find(field.Name)!;
        var isKey = request.Mode is not WriteMode.Append && request.Keys.Contains(field.Name);

        // An update looks for its key and does not write it.
        if (column.Origin is not ColumnOrigin.Writer && !(isKey && request.Mode is WriteMode.Update))
        {
            throw Refuse(FailureCause.Mapping, $"The database fills {field.Name} itself ({column.NativeType}): take it out of the mapping.", field.Name);
        }

        return StageColumn.Fit(field.Type, column) is { } type
            ? new StageColumn(place, field.Type, column, type, isKey)
            : throw Refuse(
                FailureCause.Mapping, $"{field.Name} is {field.Type.Words} in the mapping, and its column is of type {column.DeclaredType}: map it to {column.FieldType.Words}.", field.Name);
    }

    private void CheckKeys()
    {
        if (request.Mode is WriteMode.Append)
        {
            return;
        }

        if (request.Keys.Count == 0)
        {
            throw Refuse(FailureCause.Configuration, $"Rows of {table.Stream} are found again by their key: name the key fields, or append.");
        }

        if (request.Keys.FirstOrDefault(key => request.Fields.All(field => field.Name != key)) is { } absent)
        {
            throw Refuse(FailureCause.Mapping, $"The key field {absent} is not mapped.", absent);
        }

        if (!table.IsUnique(request.Keys.ToHashSet()))
        {
            throw Refuse(
                FailureCause.Configuration,
                table.Kind is 'r' or 'p'
                    ? $"Nothing keeps {string.Join(", ", request.Keys)} unique in {table.Stream}. Let its owner run: create unique index on {table.Sql} ({SqlName.List(request.Keys)})"
                    : $"{table.Stream} is a {TableShape.KindWords(table.Kind)}, where nothing keeps a key unique: write to its table, or append.",
                request.Keys[0]);
        }
    }

    private void CheckRequired()
    {
        if (request.Mode is WriteMode.Update)
        {
            return;
        }

        var missing = table.Columns.Where(column => column.IsRequired && request.Fields.All(field => field.Name != column.Name)).Select(column => column.Name).ToList();
        if (missing.Count > 0)
        {
            throw Refuse(
                FailureCause.Mapping,
                missing.Count == 1
                    ? $"The table {table.Stream} takes no row without a value in its column {missing[0]}, and the mapping makes none: map it, or give the column a default."
                    : $"The table {table.Stream} takes no row without values in its columns {string.Join(", ", missing)}, and the mapping makes none: map them, or give the columns defaults.",
                missing[0]);
        }
    }

    private static FailureException Refuse(FailureCause cause, string sentence, string field = "") => new(new Failure(cause, sentence, "", field) { IsSystemic = true });
}
