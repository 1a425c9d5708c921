import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import com.sun.management.OperatingSystemMXBean;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.HighlightsMatch;
import org.apache.lucene.monitor.MatcherFactory;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.queries.intervals.IntervalQuery;
import org.apache.lucene.queries.intervals.Intervals;
import org.apache.lucene.queries.intervals.IntervalsSource;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/**
 * Lucene Monitor on queries of folded words and raw texts.
 *
 * <pre>java -cp lucene9.jar Percolate.java PRESEARCHER TELLS FREQUENCIES QUERIES ITEMS MATCHES</pre>
 *
 * PRESEARCHER: `default`, or by how many of their terms, the rarest, the queries are chosen that are evaluated.
 * TELLS: `which` queries match, or `where` too. FREQUENCIES: words, a tab and in how many texts each stands. QUERIES: an
 * id, a tab and a query in brackets, as `queries.py` writes it. ITEMS: title, tab, body, tab, language. MATCHES: for
 * each item the ids that match. Prints seconds to load, and of CPU time the fastest pass over all items took, after
 * some to warm up.
 */
class Percolate {
    private static final Analyzer WORDS = new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
            Tokenizer words = new StandardTokenizer();
            return new TokenStreamComponents(
                    words, new ASCIIFoldingFilter(new LowerCaseFilter(new EnglishPossessiveFilter(words))));
        }

        @Override
        public int getPositionIncrementGap(String field) {
            return 1_000; // nothing is near across the end of the title
        }
    };

    public static void main(String[] arguments) throws Exception {
        MatcherFactory<? extends QueryMatch> tells =
                arguments[1].equals("where") ? HighlightsMatch.MATCHER : QueryMatch.SIMPLE_MATCHER;
        Presearcher presearcher = presearcher(arguments[0], Path.of(arguments[2]));
        try (Monitor monitor = new Monitor(WORDS, presearcher, new MonitorConfiguration())) {
            long begun = System.nanoTime();
            List<MonitorQuery> queries = new ArrayList<>();
            for (String line : Files.readAllLines(Path.of(arguments[3]))) {
                String[] parts = line.split("\t", 2);
                queries.add(new MonitorQuery(parts[0], query(new ArrayDeque<>(Arrays.asList(parts[1].split(" "))))));
            }
            monitor.register(queries);
            double loaded = (System.nanoTime() - begun) / 1e9;
            List<Document> items = new ArrayList<>();
            for (String line : Files.readAllLines(Path.of(arguments[4]))) {
                items.add(item(line.split("\t")));
            }
            List<String> matches = pass(monitor, tells, items);
            for (int pass = 0; pass < 7; pass++) { // until the compiler has done its work
                pass(monitor, tells, items);
            }
            var process = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
            double seconds = Double.MAX_VALUE;
            for (int pass = 0; pass < 3; pass++) {
                long start = process.getProcessCpuTime();
                pass(monitor, tells, items);
                seconds = Math.min(seconds, (process.getProcessCpuTime() - start) / 1e9);
            }
            Files.write(Path.of(arguments[5]), matches, StandardCharsets.UTF_8);
            System.out.println(loaded + " " + seconds);
        }
    }

    private static Presearcher presearcher(String name, Path frequencies) throws Exception {
        if (name.equals("default")) {
            return new TermFilteredPresearcher();
        }
        Map<String, Integer> texts = new HashMap<>();
        for (String line : Files.readAllLines(frequencies)) {
            String[] parts = line.split("\t");
            texts.put(parts[0], Integer.valueOf(parts[1]));
        }
        TermWeightor weightor = TermWeightor.termFreqWeightor(texts, 0.9, 0); // 1 for words in none of the texts
        int passes = Integer.parseInt(name);
        return passes == 1
                ? new TermFilteredPresearcher(weightor, List.of(), Set.of())
                : new MultipassTermFilteredPresearcher(passes, 0, weightor, List.of(), Set.of());
    }

    private static List<String> pass(Monitor monitor, MatcherFactory<? extends QueryMatch> tells, List<Document> items)
            throws Exception {
        List<String> found = new ArrayList<>();
        for (Document item : items) {
            found.add(monitor.match(item, tells).getMatches().stream()
                    .map(QueryMatch::getQueryId).sorted().collect(Collectors.joining(" ")));
        }
        return found;
    }

    private static Document item(String[] parts) {
        Document item = new Document();
        item.add(new TextField("title", parts[0], Field.Store.NO));
        item.add(new TextField("text", parts[0], Field.Store.NO));
        item.add(new TextField("text", parts[1], Field.Store.NO));
        item.add(new TextField("lang", parts[2], Field.Store.NO));
        return item;
    }

    /** The query at the head of these words: an operator, what it is about, and `)`. */
    private static Query query(ArrayDeque<String> words) {
        String operator = words.pop();
        switch (operator) {
            case "(and": return bool(words, Occur.MUST, 0);
            case "(or": return bool(words, Occur.SHOULD, 1);
            case "(not": return bool(words, Occur.MUST_NOT, 0);
            case "(atleast": return bool(words, Occur.SHOULD, Integer.parseInt(words.pop()));
            case "(near": case "(alone": case "(row":
                words.push(operator);
                return new IntervalQuery("text", places(words));
            case "(prefix": {
                Query found = new PrefixQuery(new Term(words.pop(), words.pop()));
                words.pop();
                return found;
            }
            default: { // (phrase
                String field = words.pop();
                List<String> row = rest(words);
                return row.size() == 1
                        ? new TermQuery(new Term(field, row.get(0)))
                        : new PhraseQuery(field, row.toArray(new String[0]));
            }
        }
    }

    private static Query bool(ArrayDeque<String> words, Occur occur, int atLeast) {
        BooleanQuery.Builder all = new BooleanQuery.Builder().setMinimumNumberShouldMatch(atLeast);
        while (!words.peek().equals(")")) {
            boolean absent = words.peek().equals("(not");
            all.add(absent ? negated(words) : query(words), absent ? Occur.MUST_NOT : occur);
        }
        words.pop();
        return all.build();
    }

    private static Query negated(ArrayDeque<String> words) {
        words.pop();
        Query part = query(words);
        words.pop();
        return part;
    }

    private static IntervalsSource places(ArrayDeque<String> words) {
        String operator = words.pop();
        switch (operator) {
            case "(near": {
                int within = Integer.parseInt(words.pop());
                IntervalsSource found = Intervals.maxgaps(within, Intervals.unordered(places(words), places(words)));
                words.pop();
                return found;
            }
            case "(alone": {
                int within = Integer.parseInt(words.pop());
                IntervalsSource found = Intervals.notWithin(places(words), within + 1, places(words));
                words.pop();
                return found;
            }
            case "(either": {
                List<IntervalsSource> parts = new ArrayList<>();
                while (!words.peek().equals(")")) {
                    parts.add(places(words));
                }
                words.pop();
                return Intervals.or(parts.toArray(new IntervalsSource[0]));
            }
            default: // (row
                return Intervals.phrase(rest(words).toArray(new String[0]));
        }
    }

    private static List<String> rest(ArrayDeque<String> words) {
        List<String> rest = new ArrayList<>();
        for (String word = words.pop(); !word.equals(")"); word = words.pop()) {
            rest.add(word);
        }
        return rest;
    }
}
